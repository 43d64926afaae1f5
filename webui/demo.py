"""What marks a demo database: users by role whose password is known to everybody, and a clock one can move."""

SETTING = "demo"  # its value is the password of all demo users
PASSWORD = "ruam-demo-only"  # shown on the login page of a demo, refused everywhere else
