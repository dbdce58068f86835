"""Names of provinces and sectors as CEADs writes them, typed here for the tests."""

from support.systems import Category

# code of GB/T 2260, Chinese and English name
_PROVINCES = """
110000 北京 Beijing; 120000 天津 Tianjin; 130000 河北 Hebei; 140000 山西 Shanxi;
150000 内蒙古 Inner Mongolia; 210000 辽宁 Liaoning; 220000 吉林 Jilin;
230000 黑龙江 Heilongjiang; 310000 上海 Shanghai; 320000 江苏 Jiangsu;
330000 浙江 Zhejiang; 340000 安徽 Anhui; 350000 福建 Fujian; 360000 江西 Jiangxi;
370000 山东 Shandong; 410000 河南 Henan; 420000 湖北 Hubei; 430000 湖南 Hunan;
440000 广东 Guangdong; 450000 广西 Guangxi; 460000 海南 Hainan;
500000 重庆 Chongqing; 510000 四川 Sichuan; 520000 贵州 Guizhou;
530000 云南 Yunnan; 540000 西藏 Tibet; 610000 陕西 Shaanxi; 620000 甘肃 Gansu;
630000 青海 Qinghai; 640000 宁夏 Ningxia; 650000 新疆 Xinjiang
"""
PROVINCES = {
    code: (chinese, english)
    for code, chinese, english in (
        item.strip().split(maxsplit=2) for item in _PROVINCES.split(";")
    )
}

_FIRST_21 = """
农林牧渔产品和服务 煤炭采选产品 石油和天然气开采产品 金属矿采选产品
非金属矿和其他矿采选产品 食品和烟草 纺织品 纺织服装鞋帽皮革羽绒及其制品
木材加工品和家具 造纸印刷和文教体育用品 石油、炼焦产品和核燃料加工品 化学产品
非金属矿物制品 金属冶炼和压延加工品 金属制品 通用设备 专用设备 交通运输设备
电气机械和器材 通信设备、计算机和其他电子设备 仪器仪表
"""
_FROM_REPAIR = """
金属制品、机械和设备修理服务 电力、热力的生产和供应 燃气生产和供应 水的生产和供应
建筑 批发和零售 交通运输、仓储和邮政 住宿和餐饮 信息传输、软件和信息技术服务 金融
房地产 租赁和商务服务
"""
_LAST_6 = """
水利、环境和公共设施管理 居民服务、修理和其他服务 教育 卫生和社会工作
文化、体育和娱乐 公共管理、社会保障和社会组织
"""
CHINESE = {
    name: f"{_FIRST_21} {others} {_FROM_REPAIR} {research} {_LAST_6}".split()
    for name, others, research in (
        ("2012", "其他制造产品 废品废料", "科学研究和技术服务"),
        ("2017", "其他制造产品和废品废料", "研究和试验发展 综合技术服务"),
    )
}
# as in the English sheets of 2018 and 2020
_ENGLISH_2017 = """
Agriculture, Forestry, Animal Husbandry and Fishery; Mining and washing of coal;
Extraction of petroleum and natural gas; Mining and processing of metal ores;
Mining and processing of nonmetal and other ores; Food and tobacco processing;
Textile industry; Manufacture of leather, fur, feather and related products;
Processing of timber and furniture;
Manufacture of paper, printing and articles for culture, education and sport;
Processing of petroleum, coking, processing of nuclear fuel;
Manufacture of chemical products; Manuf. of non -metallic mineral products;
Smelting and processing of metals; Manufacture of metal products;
Manufacture of general purpose machinery; Manufacture of special purpose machinery;
Manufacture of transport equipment;
Manufacture of electrical machinery and equipment;
Manufacture of communication equipment, computers and other electronic equipment;
Manufacture of measuring instruments; Other manufacturing and waste resources;
Repair of metal products, machinery and equipment;
Production and distribution of electric power and heat power;
Production and distribution of gas; Production and distribution of tap water;
Construction; Wholesale and retail trades; Transport, storage, and postal services;
Accommodation and catering;
Information transfer, software and information technology services; Finance;
Real estate; Leasing and commercial services; Scientific research;
Polytechnic services; Administration of water, environment, and public facilities;
Resident, repair and other services; Education; Health care and social work;
Culture, sports, and entertainment;
Public administration, social insurance, and social organizations
"""
ENGLISH_2017 = [" ".join(name.split()) for name in _ENGLISH_2017.split(";")]

CATEGORIES = [
    Category("FU101", "Rural households", "household"),
    Category("FU102", "Urban households", "household"),
    Category("FU103", "Government", "government"),
    Category("FU201", "Fixed capital formation", "investment"),
    Category("FU202", "Changes in inventories", "inventory"),
]
COMPONENTS = ["VA001", "VA002", "VA003", "VA004"]

# trillion CNY of output and of value added, Mt: totals of a table of the year
KNOWN = {
    2012: (160.2, 53.7, 9742.7),
    2015: (208.1, 68.0, 9831.6),
    2017: (225.8, 82.3, 10171.2),
    2018: (249.5, 92.2, 10300.0),
    2020: (269.9, 101.6, 10500.0),
}


def sector_list(year: int) -> str:
    """Return the list of sectors of a year."""
    return "2012" if year < 2016 else "2017"
