/** Finds the variables of Lua code that it does not declare itself. */

/** Lua 5.1, as far as scripts for Redis use it: comments, strings, words and numbers, then operators. */
const TOKEN =
  /--\[\[[\s\S]*?\]\]|--.*|\[\[[\s\S]*?\]\]|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\w+(?:\.\d+)?|\.{2,3}|[=~<>]=|\S/g;
const BINARY_OPERATOR = /^(?:[-+*/%^<>]|\.\.|[=~<>]=|and|or)$/;
const UNARY_OPERATOR = /^(?:[-#]|not)$/;
const LITERAL = /^(?:['"\d]|\[\[|\.\.\.$|(?:nil|true|false)$)/;
const WORD = /^[A-Za-z_]\w*$/;

/** Names that code reads or assigns without having declared them, in the order of their first use. */
export function freeVariables(source: string): string[] {
  return new Scanner(source).scan();
}

/** Goes through code by Lua's grammar, and keeps the names that are in scope. */
class Scanner {
  readonly #tokens: readonly string[];
  readonly #scopes: Set<string>[] = [];
  readonly #free = new Set<string>();
  #at = 0;

  constructor(source: string) {
    this.#tokens = (source.match(TOKEN) ?? []).filter((token) => !token.startsWith('--'));
  }

  scan(): string[] {
    this.#block();
    if (this.#next !== undefined) throw new Error(`unexpected ${this.#next} in Lua code`);
    return [...this.#free];
  }

  get #next(): string | undefined {
    return this.#tokens[this.#at];
  }

  #accept(...expected: string[]): boolean {
    if (this.#next === undefined || !expected.includes(this.#next)) return false;
    this.#at++;
    return true;
  }

  #expect(expected: string): void {
    if (!this.#accept(expected)) throw new Error(`expected ${expected}, found ${this.#next} in Lua code`);
  }

  #name(): string {
    const name = this.#next;
    if (!name || !WORD.test(name)) throw new Error(`expected a name, found ${name} in Lua code`);
    this.#at++;
    return name;
  }

  #names(): string[] {
    const names: string[] = [];
    do names.push(this.#accept('...') ? '...' : this.#name());
    while (this.#accept(','));
    return names;
  }

  #declare(...names: string[]): void {
    for (const name of names) this.#scopes.at(-1)?.add(name);
  }

  #use(name: string): void {
    if (!this.#scopes.some((scope) => scope.has(name))) this.#free.add(name);
  }

  /** Statements up to the word that ends their block, with a scope of their own. */
  #block(names: readonly string[] = [], atEnd = (): void => undefined): void {
    this.#scopes.push(new Set(names));
    while (this.#next !== undefined && !['end', 'else', 'elseif', 'until'].includes(this.#next)) this.#statement();
    atEnd();
    this.#scopes.pop();
  }

  #statement(): void {
    if (this.#accept(';', 'break')) return;
    if (this.#accept('local')) return this.#local();
    if (this.#accept('if')) return this.#if();
    if (this.#accept('for')) return this.#for();
    if (this.#accept('function')) return this.#globalFunction();
    if (this.#accept('while')) {
      this.#expression();
      this.#expect('do');
      this.#block();
      this.#expect('end');
    } else if (this.#accept('do')) {
      this.#block();
      this.#expect('end');
    } else if (this.#accept('repeat')) {
      this.#block([], () => {
        this.#expect('until');
        this.#expression();
      });
    } else if (this.#accept('return')) {
      if (this.#next !== undefined && !['end', 'else', 'elseif', 'until', ';'].includes(this.#next))
        this.#expressions();
    } else {
      this.#expressions();
      if (this.#accept('=')) this.#expressions();
    }
  }

  /** A local variable can be used only after its statement, a local function also within itself. */
  #local(): void {
    if (this.#accept('function')) {
      this.#declare(this.#name());
      return this.#function();
    }
    const names = this.#names();
    if (this.#accept('=')) this.#expressions();
    this.#declare(...names);
  }

  #if(): void {
    this.#expression();
    this.#expect('then');
    this.#block();
    if (this.#accept('elseif')) return this.#if();
    if (this.#accept('else')) this.#block();
    this.#expect('end');
  }

  #for(): void {
    const names = this.#names();
    if (!this.#accept('in')) this.#expect('=');
    this.#expressions();
    this.#expect('do');
    this.#block(names);
    this.#expect('end');
  }

  #globalFunction(): void {
    this.#use(this.#name());
    while (this.#accept('.', ':')) this.#name();
    this.#function();
  }

  /** Parameters and body. */
  #function(): void {
    this.#expect('(');
    const parameters = this.#next === ')' ? [] : this.#names();
    this.#expect(')');
    this.#block(parameters);
    this.#expect('end');
  }

  #expressions(): void {
    do this.#expression();
    while (this.#accept(','));
  }

  #expression(): void {
    while (UNARY_OPERATOR.test(this.#next ?? '')) this.#at++;
    if (this.#accept('function')) this.#function();
    else if (this.#next === '{') this.#table();
    else if (LITERAL.test(this.#next ?? '')) this.#at++;
    else this.#suffixed();
    if (!BINARY_OPERATOR.test(this.#next ?? '')) return;
    this.#at++;
    this.#expression();
  }

  /** A name or an expression in parentheses, with its fields, indexes and calls. */
  #suffixed(): void {
    if (this.#accept('(')) {
      this.#expression();
      this.#expect(')');
    } else {
      this.#use(this.#name());
    }
    for (;;) {
      if (this.#accept('.', ':')) {
        this.#name();
      } else if (this.#accept('[')) {
        this.#expression();
        this.#expect(']');
      } else if (this.#accept('(')) {
        if (this.#next !== ')') this.#expressions();
        this.#expect(')');
      } else if (this.#next === '{') {
        this.#table();
      } else if (/^(?:['"]|\[\[)/.test(this.#next ?? '')) {
        this.#at++;
      } else {
        return;
      }
    }
  }

  #table(): void {
    this.#expect('{');
    while (!this.#accept('}')) {
      if (this.#accept('[')) {
        this.#expression();
        this.#expect(']');
        this.#expect('=');
      } else if (this.#tokens[this.#at + 1] === '=') {
        this.#name();
        this.#expect('=');
      }
      this.#expression();
      this.#accept(',', ';');
    }
  }
}
