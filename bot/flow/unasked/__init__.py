"""What is said without having been asked: news of a case, reminders, invitations."""
