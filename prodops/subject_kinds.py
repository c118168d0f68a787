"""What of the kernel people may hang comments, files and stars on."""

from prodops import subjects
from prodops.access import Can

subjects.register("prodops.customeraccount", Can.ACCOUNT_READ)
subjects.register("prodops.productarea", Can.PEOPLE_READ)
subjects.register("prodops.team", Can.PEOPLE_READ)
