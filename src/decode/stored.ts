// How a file stores its picture, whichever its kind.

import type { Orientation } from './orientation.js';

/** What is known of a picture before it is decoded. */
export interface Header {
  /** Rows and columns as they are stored, before the picture is turned. */
  readonly height: number;
  readonly width: number;
  readonly orientation: Orientation;
  /** Why it can't be decoded, as in "an animation: ...". */
  readonly unsupported?: string | undefined;
}
