// quadlane/quantize: networks in 8 bits.

export type { Calibration, Sample } from './calibration.js';
export type { CalibrationOptions, LossBound, Quantizable, QuantizeOptions, SignalToNoiseBound } from './options.js';
export { quantize } from './quantize.js';
export { QuantizedModel } from './quantizedModel.js';
export type { CalibrationMethod } from './range.js';
export { type LayerReport, QuantizationReport } from './report.js';
