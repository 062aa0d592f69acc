// One build at a time.

import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Waits until no other living process holds the lock `file`, and takes it; returns what gives it back. */
export async function lock(file) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    for (let told = false; !take(own, file); told = true) {
      const holder = holderOf(file);
      if (holder !== undefined && !isAlive(holder)) rmSync(file, { force: true });
      else {
        if (!told) console.error('another build is running: waiting for it');
        await setTimeout(100);
      }
    }
  } finally {
    rmSync(own);
  }
  return () => rmSync(file, { force: true });
}

/** Gives the file the lock's name, whole and at once, unless something has it. */
function take(own, file) {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(process_) {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
