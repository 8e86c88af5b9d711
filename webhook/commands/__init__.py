"""What `payung` does on the command line, a group a module; `webhook.cli` hangs them up."""
