/* Is a library, and no plugin. */
int somebody_elses(void);
int somebody_elses(void) { return 1; }
