/** One generated file: a path beneath the project, with forward slashes, and its whole contents. */
export interface Artifact {
  readonly path: string;
  readonly contents: string;
  /** Set on scripts. */
  readonly executable?: boolean;
}
