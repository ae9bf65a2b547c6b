"""Lists of incoming transfers as banks give them out: whose layout it is, and what its rows say. Pure: no database."""
