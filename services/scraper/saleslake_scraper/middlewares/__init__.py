"""What stands between the spider and a site: hosts, retries, the encoding of bodies."""
