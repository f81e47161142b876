/** Facts that the collected file lacks or folds together, each with its own source. */
export const adjustments: Readonly<
  Record<
    string,
    {
      readonly facts: Readonly<Record<string, unknown>>;
      readonly ref: string;
      readonly date: string;
      readonly reason: string;
    }
  >
> = {};
