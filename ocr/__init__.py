"""From the photo of a KTP to a verdict: pure but for its engines."""
