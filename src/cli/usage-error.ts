/** The caller can cure it: shown without a stack. */
export class UsageError extends Error {}

/** The options of the command are wrong: shown with the command's usage. */
export class OptionError extends UsageError {}
