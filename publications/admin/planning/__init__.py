"""Planning: the plan of a publication, the page by weeks, and the calendars of people."""
