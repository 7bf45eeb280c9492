"""Figures by period: what each day brought, added up over periods, and compared with periods before."""
