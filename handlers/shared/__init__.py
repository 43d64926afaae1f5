"""What the handlers of several parties need."""
