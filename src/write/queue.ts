/** A queue that stays fast when it is long: an array moves all its elements when the first is removed. */

/** First in, first out. */
export class Queue<Element> {
  #in: Element[] = [];
  /** Those that come out next, the first of them last. */
  #out: Element[] = [];

  get size(): number {
    return this.#in.length + this.#out.length;
  }

  add(element: Element): void {
    this.#in.push(element);
  }

  take(): Element | undefined {
    if (this.#out.length === 0) {
      this.#out = this.#in.reverse();
      this.#in = [];
    }
    return this.#out.pop();
  }
}
