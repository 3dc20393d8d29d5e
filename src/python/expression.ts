import type { Token } from './tokens';

/** What a path may be made of. Everything else is `other`. */
export type Expression =
  | { kind: 'string'; prefix: string; body: string; at: number }
  | { kind: 'number'; text: string }
  | { kind: 'name'; name: string; at: number }
  | { kind: 'attribute'; of: Expression; name: string }
  | { kind: 'call'; callee: Expression; positional: Expression[]; keywords: Record<string, Expression>; at: number }
  | { kind: 'binary'; operator: '/' | '+'; left: Expression; right: Expression }
  | { kind: 'other' };

const OTHER: Expression = { kind: 'other' };

/** Reads expressions from tokens, one after the other. */
export class ExpressionReader {
  constructor(
    private readonly tokens: readonly Token[],
    public index = 0,
    /** Receives every call, also those inside what is skipped. */
    private readonly onCall: (call: Expression & { kind: 'call' }) => void = () => undefined,
  ) {}

  /** Reads up to a comma, a closing bracket or the end of the statement. */
  read(): Expression {
    const left = this.sum();
    if (this.atEnd()) return left;
    // An operator that no path is made of: a condition, a comparison, a comprehension.
    this.skip(',');
    return OTHER;
  }

  private sum(): Expression {
    let left = this.product();
    while (this.isOperator('+')) {
      this.index++;
      left = { kind: 'binary', operator: '+', left, right: this.product() };
    }
    return left;
  }

  private product(): Expression {
    let left = this.primary();
    while (this.isOperator('/')) {
      this.index++;
      left = { kind: 'binary', operator: '/', left, right: this.primary() };
    }
    return left;
  }

  private primary(): Expression {
    let value = this.atom();
    for (;;) {
      if (this.isOperator('.')) {
        const name = this.tokens[this.index + 1];
        if (name?.kind !== 'name') return OTHER;
        this.index += 2;
        value = { kind: 'attribute', of: value, name: name.text };
      } else if (this.isOperator('(')) {
        value = this.call(value);
      } else if (this.isOperator('[')) {
        this.index++;
        this.skip();
        this.index++;
        value = OTHER;
      } else return value;
    }
  }

  private atom(): Expression {
    const token = this.tokens[this.index];
    if (!token || this.atEnd()) return OTHER;
    this.index++;
    switch (token.kind) {
      case 'name':
        return { kind: 'name', name: token.text, at: token.at };
      case 'number':
        return { kind: 'number', text: token.text };
      case 'string': {
        let value: Expression = { kind: 'string', prefix: token.prefix, body: token.body, at: token.at };
        // Literals side by side are one.
        for (let next = this.tokens[this.index]; next?.kind === 'string'; next = this.tokens[++this.index]) {
          value = { kind: 'binary', operator: '+', left: value, right: { ...next } };
        }
        return value;
      }
      case 'operator':
        if (token.text === '(') {
          const inner = this.read();
          const isGroup = this.isOperator(')');
          this.skip();
          this.index++;
          return isGroup ? inner : OTHER;
        }
        if (token.text === '[' || token.text === '{') {
          this.skip();
          this.index++;
        }
        return OTHER;
      case 'end':
        return OTHER;
    }
  }

  private call(callee: Expression): Expression {
    const positional: Expression[] = [];
    const keywords: Record<string, Expression> = {};
    const { end: at } = this.tokens[this.index];
    this.index++;
    while (this.index < this.tokens.length && !this.isOperator(')')) {
      const before = this.index;
      const [name, equals] = [this.tokens[this.index], this.tokens[this.index + 1]];
      if (name?.kind === 'name' && equals?.kind === 'operator' && equals.text === '=') {
        this.index += 2;
        keywords[name.text] = this.read();
      } else positional.push(this.read());
      if (this.isOperator(',')) this.index++;
      // A bracket that closes something else: the source is not valid here.
      else if (!this.isOperator(')') && this.index === before) this.index++;
      if (this.tokens[this.index]?.kind === 'end') break;
    }
    this.index++;
    const call = { kind: 'call', callee, positional, keywords, at: startOf(callee) ?? at } as const;
    this.onCall(call);
    return call;
  }

  /** Skips to the bracket or end that closes the current place, or to `stop`, and reads the calls on the way. */
  private skip(stop?: ','): void {
    while (this.index < this.tokens.length && !this.isClosing() && !(stop && this.isOperator(stop))) {
      const token = this.tokens[this.index];
      if (token.kind === 'end') return;
      const before = this.index;
      if (token.kind === 'name' || token.kind === 'string' || token.kind === 'number') this.primary();
      else if (token.kind === 'operator' && '([{'.includes(token.text)) this.atom();
      if (this.index === before) this.index++;
    }
  }

  private isClosing(): boolean {
    const token = this.tokens[this.index];
    return token?.kind === 'operator' && ')]}'.includes(token.text);
  }

  private atEnd(): boolean {
    const token = this.tokens[this.index];
    return token === undefined || token.kind === 'end' || this.isClosing() || this.isOperator(',');
  }

  private isOperator(text: string): boolean {
    const token = this.tokens[this.index];
    return token?.kind === 'operator' && token.text === text;
  }
}

/** Where an expression begins, if it begins with a name or a string. */
function startOf(expression: Expression): number | null {
  switch (expression.kind) {
    case 'name':
    case 'string':
    case 'call':
      return expression.at;
    case 'attribute':
      return startOf(expression.of);
    default:
      return null;
  }
}
