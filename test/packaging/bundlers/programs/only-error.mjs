import { QuadlaneError } from 'quadlane';

globalThis.outcome = { result: new QuadlaneError('ARGUMENT', 'none').code };
