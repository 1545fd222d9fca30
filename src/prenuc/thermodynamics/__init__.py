"""Does a mechanism obey thermodynamics? Cycles, ways back, matter, prefactors, Gibbs energy."""
