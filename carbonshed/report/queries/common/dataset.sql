select * from dataset
