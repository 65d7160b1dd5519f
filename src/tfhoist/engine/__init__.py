"""The only caller of terraform or tofu: plans in scratch folders over copies of states, and what they say."""
