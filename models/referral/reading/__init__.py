"""Reading a list of members as associations write them: a file in, judged members out."""
