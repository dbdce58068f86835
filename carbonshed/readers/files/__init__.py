"""Cells out of files: xlsx, xls, ods, mat, csv and yaml."""
