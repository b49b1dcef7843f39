"""What is true: two judges that share no code beyond ``everystep.algebra``, and the verdicts."""
