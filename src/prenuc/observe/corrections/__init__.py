"""What is done to measured spectra before anything is read from them."""
