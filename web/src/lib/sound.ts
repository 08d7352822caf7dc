import { currentLanguage } from './i18n'
import { readPref } from './prefs'

// Browsers let a page sound only after somebody touched it; a scan is a touch of the keyboard.
let audio: AudioContext | undefined

/** Two sounds that nobody mixes up: a short high one, and two long low ones. Without an audio device it is silent. */
export function beep(kind: 'good' | 'bad'): void {
  if (readPref('bench.sound') === 'off' || typeof AudioContext !== 'function') return
  try {
    audio ??= new AudioContext()
    if (audio.state === 'suspended') void audio.resume()
    if (kind === 'good') tone(audio, 'sine', 1320, 0, 0.09)
    else for (const at of [0, 0.24]) tone(audio, 'square', 180, at, 0.18)
  } catch {
    // The band on the screen says the same.
  }
}

function tone(ctx: AudioContext, type: OscillatorType, hertz: number, after: number, seconds: number): void {
  const oscillator = ctx.createOscillator()
  const gain = ctx.createGain()
  oscillator.type = type
  oscillator.frequency.value = hertz
  gain.gain.value = type === 'square' ? 0.16 : 0.3
  oscillator.connect(gain).connect(ctx.destination)
  oscillator.start(ctx.currentTime + after)
  oscillator.stop(ctx.currentTime + after + seconds)
}

/** Says a few words in the reader's language, and nothing but the last ones. */
export function speak(text: string): void {
  if (readPref('bench.voice') === 'off' || typeof speechSynthesis === 'undefined' || typeof SpeechSynthesisUtterance !== 'function') return
  try {
    speechSynthesis.cancel()
    const words = new SpeechSynthesisUtterance(text)
    words.lang = currentLanguage()
    words.rate = 1.15
    speechSynthesis.speak(words)
  } catch {
    // The band on the screen says the same.
  }
}
