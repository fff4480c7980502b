package main

// elsewhere is where a database is that exists already, as a stack's settings have it.
type elsewhere struct{ host, name, secret string }
