"""The membership certificate as pictures and as PDF: what is printed, where it stands, how it is drawn and kept."""
