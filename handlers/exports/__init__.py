"""Figures and tables as files: CSV that no spreadsheet runs, JSON lines, Parquet, pictures."""
