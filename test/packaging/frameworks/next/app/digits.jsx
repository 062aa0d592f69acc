'use client';

import { loadModel, tensor } from 'quadlane';
import { useEffect } from 'react';
import { classify, report } from '../digits.mjs';

export function Digits() {
  useEffect(() => {
    report(() => classify({ loadModel, tensor }, { threads: globalThis.crossOriginIsolated ? 2 : 1 }));
  }, []);
  return <p>and in the browser</p>;
}
