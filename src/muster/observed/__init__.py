"""What was really seen at sea: AIS, gate crossings, published transit counts by vintage, incident lists."""
