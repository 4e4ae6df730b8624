/** An error that the caller can fix; shown without a stack trace. */
export class UsageError extends Error {}

/** Invalid options of a command; shown with the command's usage. */
export class OptionError extends UsageError {}
