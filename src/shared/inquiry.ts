/**
 * A question that one feature asks and a later one in the feature order answers. The later feature calls `answerWith`
 * when the process starts; until then, and where it is not loaded, the answer is `unanswered`.
 */
export class Inquiry<Question extends readonly unknown[], Answer> {
  private answer: (...question: Question) => Answer;

  constructor(unanswered: Answer) {
    this.answer = () => unanswered;
  }

  answerWith(answer: (...question: Question) => Answer): void {
    this.answer = answer;
  }

  ask(...question: Question): Answer {
    return this.answer(...question);
  }
}
