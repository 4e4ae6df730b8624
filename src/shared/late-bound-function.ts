/**
 * A function that an earlier feature declares and calls, and that a later one in the feature order implements. The later
 * feature calls `provide` at start-up, before the application is bootstrapped; an application without an implementation
 * does not start.
 */
export class LateBoundFunction<Question extends readonly unknown[], Answer> {
  private answer: ((...question: Question) => Answer) | undefined;

  /** `name` is for the error of a missing implementation; default: the name of the class. */
  constructor(private readonly name?: string) {}

  provide(answer: (...question: Question) => Answer): void {
    this.answer = answer;
  }

  /** Throws if no feature implements it, which `onApplicationBootstrap` has found before. */
  call(...question: Question): Answer {
    this.assertBound();
    return this.answer!(...question);
  }

  /** Throws if no feature implements it. */
  assertBound(): void {
    if (this.answer === undefined) throw new Error(`no feature implements ${this.title}`);
  }

  /** Called by Nest once all features are initialized, as each subclass is a provider. */
  onApplicationBootstrap(): void {
    this.assertBound();
  }

  private get title(): string {
    return this.name ?? this.constructor.name;
  }
}
