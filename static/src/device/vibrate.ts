/** Every save answers to the hand and the ear; both can be switched off in Me. */
export const answers = { vibration: true, sound: true };

export function answerSaved(): void {
  if (answers.vibration && typeof navigator !== 'undefined' && 'vibrate' in navigator) navigator.vibrate(40);
  if (answers.sound) tick(880, 0.07);
}

export function answerRefused(): void {
  if (answers.vibration && typeof navigator !== 'undefined' && 'vibrate' in navigator) navigator.vibrate([60, 60, 60]);
  if (answers.sound) tick(220, 0.2);
}

let audio: AudioContext | undefined;
function tick(hertz: number, seconds: number): void {
  try {
    audio ??= new AudioContext();
    const tone = audio.createOscillator(), level = audio.createGain();
    tone.frequency.value = hertz;
    level.gain.setValueAtTime(0.08, audio.currentTime);
    level.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + seconds);
    tone.connect(level).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + seconds);
  } catch { /* a phone without sound still saves */ }
}
