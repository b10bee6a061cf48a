"""The flyer as a short video: the text stands still, what is behind it drifts by.

Valid for TikTok and as an Instagram reel: MP4, H.264 in yuv420p, 30 frames a second, 1080 x 1920, silent AAC.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy
from av.video.reformatter import Colorspace
from PIL import Image

from encore.content.pictures.flyer import Flyer, draw_flyer

SIZE = (1080, 1920)
FRAME_RATE = 30
SECONDS = 6
_FRAMES = FRAME_RATE * SECONDS
_SOUND_RATE = 44_100
_SOUND_FRAME = 1024
"""Samples in one AAC frame."""

_OPTIONS = {
    "preset": "superfast",
    "crf": "20",
    # The number of threads changes the bytes: fixed, so that the same flyer is the same file on every machine.
    "threads": "2",
    "x264-params": "colorprim=bt709:transfer=bt709:colormatrix=bt709",
}


def write_flyer_video(text: str, seed: str, path: Path | str, photo: Image.Image | None = None) -> None:
    """Draw the flyer text and write the video to `path`. The same text, seed and photo give the same bytes.

    Takes a few seconds of two cores. Raises RefusedError for an empty text.
    """
    flyer = draw_flyer(text, SIZE, seed, photo=photo)
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        video = container.add_stream("libx264", rate=FRAME_RATE, options=_OPTIONS)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        sound = container.add_stream("aac", rate=_SOUND_RATE, layout="stereo")
        seen, heard = map(video.encode, chain(_pictures(flyer), [None])), map(sound.encode, chain(_silence(), [None]))
        for packets in chain(seen, heard):
            container.mux(packets)


def _pictures(flyer: Flyer) -> Iterator[av.VideoFrame]:
    """One pixel of drift a frame: steps that small look smooth without drawing anything between pixels.

    Composed plane by plane in yuv420p, which is several times faster than converting every frame from RGB.
    """
    width, height = flyer.size
    wide = _planes(flyer.backdrop(width + _FRAMES))
    inks = []
    for colour, mask in flyer.inks:
        levels = [plane.getpixel((0, 0)) or 0 for plane in _planes(Image.new("RGB", (16, 16), colour))]
        small = mask.resize((width // 2, height // 2), Image.Resampling.BOX)
        inks.append((levels, (mask, small, small)))
    for number in range(_FRAMES):
        planes = []
        for index, plane in enumerate(wide):
            scale = 1 if index == 0 else 2
            left = number // scale
            drawn = plane.crop((left, 0, left + width // scale, height // scale))
            for levels, masks in inks:
                drawn.paste(levels[index], (0, 0), masks[index])
            planes.append(numpy.asarray(drawn).reshape(-1, width))
        frame = av.VideoFrame.from_ndarray(numpy.concatenate(planes), format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
        yield frame


def _planes(picture: Image.Image) -> list[Image.Image]:
    """A picture's Y, U and V planes (4:2:0, BT.709) as pictures of mode `L`; sides must be even."""
    frame = av.VideoFrame.from_image(picture).reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)
    width, height = picture.size
    luma, u, v = numpy.split(frame.to_ndarray().ravel(), [width * height, width * height * 5 // 4])
    small = (height // 2, width // 2)
    return [Image.fromarray(plane) for plane in (luma.reshape(height, width), u.reshape(small), v.reshape(small))]


def _silence() -> Iterator[av.AudioFrame]:
    nothing = numpy.zeros((2, _SOUND_FRAME), dtype=numpy.float32)
    for start in range(0, _SOUND_RATE * SECONDS - _SOUND_FRAME, _SOUND_FRAME):
        frame = av.AudioFrame.from_ndarray(nothing, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = _SOUND_RATE, start, Fraction(1, _SOUND_RATE)
        yield frame
