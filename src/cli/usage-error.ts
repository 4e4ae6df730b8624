/** The caller can cure it: shown without a stack. */
export class UsageError extends Error {}
