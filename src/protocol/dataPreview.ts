/** The first samples of one array, as the model reads them. */
export interface SampleArray {
  /** Name of the model's input, or of the array that holds the targets. */
  name: string;
  /** The array of the data that it is read from; null where there is none. */
  key: string | null;
  dtype: string;
  /** Shape of one sample. */
  shape: number[];
  /** Present where each sample looks like an image, whose values are channel by channel. */
  image?: { width: number; height: number; channels: number };
  /** The values of each sample: all of an image, else the first ones. */
  samples: number[][];
}

/** What is in the data, and how the model reads it. */
export interface DataPreview {
  /** Arrays or columns that an input can be read from. */
  arrays: { key: string; description: string }[];
  inputs: SampleArray[];
  target: SampleArray | null;
  /** Number of samples in the data; null where it is not known. */
  samples: number | null;
  /** What was done to the data, in sentences. */
  notes: string[];
  /** Why the data cannot be read like this; null where they can. */
  fault: { what: string; action?: string } | null;
}
