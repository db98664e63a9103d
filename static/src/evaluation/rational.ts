/** Exact fractions over BigInt: what a sheet is computed in, so that no phone and no server can round differently. */
export class Rational {
  static readonly zero = new Rational(0n, 1n);
  static readonly one = new Rational(1n, 1n);

  private constructor(
    readonly top: bigint,
    readonly bottom: bigint,
  ) {}

  /** In lowest terms, the sign above. Throws RangeError for a zero below. */
  static of(top: bigint, bottom = 1n): Rational {
    if (bottom === 0n) throw new RangeError('a fraction of nothing');
    const sign = bottom < 0n ? -1n : 1n;
    const common = greatestCommon(top < 0n ? -top : top, bottom * sign);
    return new Rational((top * sign) / common, (bottom * sign) / common);
  }

  static count(howMany: number): Rational {
    return Rational.of(BigInt(howMany));
  }

  /** A decimal string as sets and facts carry it. Throws SyntaxError for anything else. */
  static parse(text: string): Rational {
    const parts = /^(-?)(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,6}))?$/.exec(text);
    if (!parts) throw new SyntaxError(`not a number: ${text}`);
    const [, minus, whole = '', behind = ''] = parts;
    const digits = BigInt(whole + behind);
    return Rational.of(minus ? -digits : digits, 10n ** BigInt(behind.length));
  }

  static sum(values: readonly Rational[]): Rational {
    return values.reduce((total, value) => total.plus(value), Rational.zero);
  }

  static least(first: Rational, ...rest: Rational[]): Rational {
    return rest.reduce((least, value) => (value.below(least) ? value : least), first);
  }

  plus(other: Rational): Rational {
    return Rational.of(this.top * other.bottom + other.top * this.bottom, this.bottom * other.bottom);
  }

  minus(other: Rational): Rational {
    return this.plus(other.negated());
  }

  times(other: Rational): Rational {
    return Rational.of(this.top * other.top, this.bottom * other.bottom);
  }

  over(other: Rational): Rational {
    return Rational.of(this.top * other.bottom, this.bottom * other.top);
  }

  negated(): Rational {
    return new Rational(-this.top, this.bottom);
  }

  below(other: Rational): boolean {
    return this.top * other.bottom < other.top * this.bottom;
  }

  equals(other: Rational): boolean {
    return this.top === other.top && this.bottom === other.bottom;
  }

  /** To so many places, a half goes away from zero (四舍五入). */
  rounded(places: number): Rational {
    const unit = 10n ** BigInt(places);
    const size = (this.top < 0n ? -this.top : this.top) * unit;
    const near = (size * 2n + this.bottom) / (this.bottom * 2n);
    return Rational.of(this.top < 0n ? -near : near, unit);
  }

  /** `58/3`, or `19` where nothing is below. */
  get ratio(): string {
    return this.bottom === 1n ? `${this.top}` : `${this.top}/${this.bottom}`;
  }

  /** A decimal where six places say it exactly, else the fraction in brackets. */
  get shown(): string {
    const MILLION = 1_000_000n;
    if (MILLION % this.bottom !== 0n) return `(${this.ratio})`;
    const millionths = (this.top < 0n ? -this.top : this.top) * (MILLION / this.bottom);
    const behind = `${millionths % MILLION}`.padStart(6, '0').replace(/0+$/, '');
    return `${this.top < 0n ? '-' : ''}${millionths / MILLION}${behind && `.${behind}`}`;
  }
}

function greatestCommon(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger === 0n ? 1n : larger;
}
