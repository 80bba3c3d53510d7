"""Material to judge verification by: ledgers, sentences that are true of them, and sentences that are not."""
