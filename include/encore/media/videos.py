"""A video as people bring it becomes an MP4 (or a WebM) of one picture and one sound, and nothing else of the file:
copied as they are where the platform takes that, else coded anew as far as that is soon done.

Runs in a process of its own (`worker.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer, OutputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from encore.errors import RefusedError
from encore.media import taken
from encore.media.taken import MP4, WEBM, Container
from encore.platforms.measures import VideoLimit
from encore.words.sentence import Sentence, sentence

Size = tuple[int, int]
Track = VideoStream | AudioStream

PLAIN = ("yuv420p", "yuvj420p", "yuv420p10le")
"""How H.264 and HEVC store colours that every platform takes."""
H264 = {"preset": "veryfast", "crf": "20"}
SOUND_BITS = 160_000
"""A second, of sound that is coded anew."""
MOST_BROKEN = 200
"""Packets that cannot be decoded before the first picture is there, as where a recording begins in the middle."""


@dataclass(frozen=True)
class Sound:
    codec: str
    rate: int
    channels: int
    tracks: int


@dataclass(frozen=True)
class Seen:
    """What a video is. `size`, in pixels, as it is shown; `turned`: by how many degrees its pictures are turned for
    that. `seconds` is 0 where the file does not say."""

    container: str
    codec: str
    colours: str
    size: Size
    coded: Size
    turned: int
    rate: Fraction | None
    seconds: float
    sound: Sound | None
    place: bool

    def pixels_of(self, seconds: float) -> float:
        """How many so much of it has, which is the work that decoding it is."""
        return self.coded[0] * self.coded[1] * float(self.rate or 30) * seconds


@dataclass(frozen=True)
class Plan:
    """How a video is written. `size`, `rate`: of one that is coded anew, as shown."""

    container: Container
    size: Size | None = None
    rate: Fraction | None = None


def look(path: Path) -> Seen:
    """Raises RefusedError for what holds no video, `av.FFmpegError` for what is damaged or no container of ours."""
    with _opened(path) as given:
        video = _picture_of(given)
        if video is None:
            raise RefusedError("media.sound_only" if given.streams.audio else "media.not_taken", field="media")
        width, height = video.codec_context.width, video.codec_context.height
        if width * height > taken.VIDEO_PIXELS:
            raise RefusedError("media.too_many_pixels", most=taken.VIDEO_PIXELS // 1_000_000, field="media")
        frame = _first_frame(given, video)
        turned = int(frame.rotation) % 360
        aspect = video.sample_aspect_ratio or video.codec_context.sample_aspect_ratio or Fraction(1)
        shown = (round(frame.width * aspect), frame.height) if Fraction(1, 4) < aspect < 4 else (width, height)
        sound = _sound_of(given)
        return Seen(
            container=_container(path, given.format.name),
            codec=_name(video),
            colours=frame.format.name,
            size=shown[::-1] if turned % 180 else shown,
            coded=(frame.width, frame.height),
            turned=turned,
            rate=video.average_rate or video.guessed_rate,
            seconds=max((given.duration or 0) / av.time_base, 0),
            sound=Sound(_name(sound), sound.rate, sound.channels, len(given.streams.audio)) if sound else None,
            place=any("location" in name.lower() for name in given.metadata),
        )


def fitted_videos(
    source: Path, seen: Seen, folder: Path, limits: dict[str, VideoLimit]
) -> dict[str, tuple[Path, list[Sentence]]]:
    """For each name its file and what was done. What cannot soon be made to fit is only copied, and the validator
    tells why it is not taken. Raises RefusedError for what cannot even be copied."""
    made: dict[Plan, Path] = {}
    fitted = {}
    for name, limit in limits.items():
        plan = _plan(seen, limit)
        if plan not in made:
            made[plan] = folder / f"video-{len(made)}.{plan.container.name}"
            _write(source, seen, plan, made[plan])
        fitted[name] = (made[plan], _told(seen, plan))
    return fitted


def _opened(path: Path) -> InputContainer:
    options = {"format_whitelist": ",".join(taken.CONTAINERS), "protocol_whitelist": "file"}
    return av.open(str(path), "r", options=options, metadata_errors="replace")


def _container(path: Path, names: str) -> str:
    """FFmpeg has one name for Matroska and WebM; the file itself says which it is."""
    with path.open("rb") as file:
        return "webm" if "webm" in names and b"webm" in file.read(64) else names.replace(",webm", "")


def _picture_of(given: InputContainer) -> VideoStream | None:
    moving = (one for one in given.streams.video if not one.disposition & Disposition.attached_pic)
    return next((one for one in moving if one.codec_context and one.codec_context.width), None)


def _sound_of(given: InputContainer) -> AudioStream | None:
    first = next(iter(given.streams.audio), None)
    return first if first and first.codec_context and first.rate else None


def _name(stream: Track) -> str:
    return stream.codec_context.codec.canonical_name


def _first_frame(given: InputContainer, video: VideoStream) -> av.VideoFrame:
    broken = 0
    for packet in given.demux(video):
        try:
            for frame in packet.decode():
                return frame
        except av.InvalidDataError:
            broken += 1
            if broken > MOST_BROKEN:
                break
    raise RefusedError("media.damaged", field="media")


def _plan(seen: Seen, limit: VideoLimit) -> Plan:
    kept = next((one for one in (MP4, WEBM) if seen.codec in one.pictures), None)
    plain = kept is not MP4 or seen.colours in PLAIN
    width, height = seen.size
    scale = min(Fraction(limit.max_width, width), Fraction(limit.max_height, height), Fraction(1))
    fast = seen.rate is not None and seen.rate > limit.max_frame_rate + 0.1
    if kept and plain and kept.name in limit.formats and seen.codec in limit.codecs and scale == 1 and not fast:
        return Plan(kept)
    if seen.pixels_of(seen.seconds) <= taken.CONVERTED_PIXELS:
        size = (max(int(width * scale) // 2 * 2, 2), max(int(height * scale) // 2 * 2, 2))
        return Plan(MP4, size, Fraction(limit.max_frame_rate).limit_denominator(1000) if fast else seen.rate)
    if kept:
        return Plan(kept)
    raise RefusedError("media.not_converted", field="media")


def _told(seen: Seen, plan: Plan) -> list[Sentence]:
    told = []
    if plan.size:
        told.append(sentence("media.done.video_converted"))
        if plan.size[0] < seen.size[0] - 1:
            told.append(sentence("media.done.smaller", width=plan.size[0], height=plan.size[1]))
    elif plan.container.name not in seen.container:
        told.append(sentence("media.done.repackaged", format=plan.container.name.upper()))
    if seen.sound:
        if not _is_kept(seen.sound, plan):
            told.append(sentence("media.done.sound"))
        if seen.sound.tracks > 1:
            told.append(sentence("media.done.one_sound"))
    if seen.place:
        told.append(sentence("media.done.place"))
    return told


def _is_kept(sound: Sound, plan: Plan) -> bool:
    return (
        sound.codec in plan.container.sounds
        and sound.rate <= taken.SOUND_RATE
        and sound.channels <= taken.SOUND_CHANNELS
    )


def _write(source: Path, seen: Seen, plan: Plan, target: Path) -> None:
    options = {"fflags": "+bitexact"} | ({"movflags": "+faststart"} if plan.container is MP4 else {})
    with _opened(source) as given, av.open(str(target), "w", format=plan.container.name, options=options) as out:
        video, sound = _picture_of(given), _sound_of(given)
        assert video
        begin = Fraction(given.start_time or 0, av.time_base)
        lanes: dict[int, _Lane] = {
            video.index: (_NewPicture if plan.size else _OldPicture)(out, video, begin, seen, plan)
        }
        if sound and seen.sound:
            kept = _is_kept(seen.sound, plan)
            lanes[sound.index] = (_Lane if kept else _NewSound)(out, sound, begin, seen, plan)
        for packet in given.demux(*(lane.given for lane in lanes.values())):
            for made in lanes[packet.stream.index].of(packet):
                out.mux(made)
        said = max(lane.seconds for lane in lanes.values()) or seen.seconds
    if said > 1 and max(lane.end for lane in lanes.values()) < said * taken.CUT_OFF:
        raise RefusedError("media.damaged", field="media")


class _Lane:
    """One stream on its way, copied as it is. `seconds`: how long it says it is; `end`: how far it has come."""

    def __init__(self, out: OutputContainer, given: Track, begin: Fraction, seen: Seen, plan: Plan) -> None:
        self.given, self.seen, self.plan, self.end = given, seen, plan, 0.0
        self.time_base = given.time_base or Fraction(1, av.time_base)
        self.begin = round(begin / self.time_base)
        self.seconds = float((given.duration or 0) * self.time_base)
        self.stream = self.stream_in(out)

    def stream_in(self, out: OutputContainer) -> Track:
        return out.add_stream_from_template(self.given)

    def of(self, packet: av.Packet) -> Iterator[av.Packet]:
        if not packet.size:  # the end
            return
        if packet.dts is not None:  # the first of Matroska have none, which the other container counts back
            packet.dts -= self.begin
        if packet.pts is not None:
            packet.pts -= self.begin
        self.came_to(((packet.pts if packet.dts is None else packet.dts) or 0) + (packet.duration or 0))
        yield from self.bare(packet)

    def bare(self, packet: av.Packet) -> Iterator[av.Packet]:
        packet.stream = self.stream
        yield packet

    def came_to(self, moment: int) -> None:
        self.end = max(self.end, float(moment * self.time_base))


class _OldPicture(_Lane):
    """Copied without what a camera wrote between the pictures of H.264, where it may tell place and time."""

    def stream_in(self, out: OutputContainer) -> Track:
        stream = super().stream_in(out)
        self.filter = None
        if _name(self.given) == "h264":
            self.filter = BitStreamFilterContext("filter_units=remove_types=6", self.given, stream)
            stream.codec_context.codec_tag = "avc1"  # the filter brings that of the other container
        return stream

    def bare(self, packet: av.Packet) -> Iterator[av.Packet]:
        for one in self.filter.filter(packet) if self.filter else [packet]:
            yield from super().bare(one)


class _NewPicture(_Lane):
    """Coded anew as H.264. `next`: when another picture is due."""

    next = Fraction(0)

    def stream_in(self, out: OutputContainer) -> Track:
        stream: Any = out.add_stream("libx264", rate=self.plan.rate or 30, options=H264)
        assert self.plan.size
        stream.width, stream.height = self.plan.size[::-1] if self.seen.turned % 180 else self.plan.size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = self.time_base
        stream.codec_context.thread_count = 2
        for name in ("color_range", "color_primaries", "color_trc", "colorspace"):
            setattr(stream.codec_context, name, getattr(self.given.codec_context, name))
        if self.seen.turned:
            stream.set_display_rotation(self.seen.turned)
        return stream

    def of(self, packet: av.Packet) -> Iterator[av.Packet]:
        coder: Any = self.stream
        for frame in packet.decode():
            if frame.pts is None or self.is_left_out(frame):
                continue
            frame.pts -= self.begin
            self.came_to(frame.pts)
            if self.seen.pixels_of(self.end) > taken.CONVERTED_PIXELS:
                raise RefusedError("media.not_converted", field="media")
            shown = frame.reformat(coder.width, coder.height, "yuv420p")
            shown.pict_type = 0
            yield from coder.encode(shown)
        if not packet.size:
            yield from coder.encode(None)

    def is_left_out(self, frame: av.VideoFrame) -> bool:
        """Of more pictures a second than are taken, those between."""
        if self.plan.rate is None or self.seen.rate is None or self.plan.rate >= self.seen.rate:
            return False
        moment = (frame.pts or 0) * self.time_base
        if moment < self.next:
            return True
        self.next = max(self.next + 1 / self.plan.rate, moment)
        return False


class _NewSound(_Lane):
    """Coded anew, in at most two channels."""

    def stream_in(self, out: OutputContainer) -> Track:
        given: Any = self.given
        rate = 44_100 if given.rate == 44_100 and self.plan.container is MP4 else taken.SOUND_RATE
        layout = "mono" if given.channels == 1 else "stereo"
        stream: Any = out.add_stream(self.plan.container.encoder, rate=rate, layout=layout)
        stream.bit_rate = SOUND_BITS
        return stream

    def of(self, packet: av.Packet) -> Iterator[av.Packet]:
        coder: Any = self.stream
        for frame in packet.decode():
            if frame.pts is not None:
                frame.pts -= round(self.begin * self.time_base / frame.time_base)
                self.end = max(self.end, float(frame.pts * frame.time_base))
            yield from coder.encode(frame)
        if not packet.size:
            yield from coder.encode(None)
