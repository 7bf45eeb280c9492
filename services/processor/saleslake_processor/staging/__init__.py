"""Raw rows, by profile, become typed rows of entities: accepted, ignored or refused."""
