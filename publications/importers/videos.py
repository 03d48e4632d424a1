"""The pages of videos: what takes the place of a player, or of the tag or shortcode that names a video by its id."""

import re

VIDEO_PAGES = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}",
}
"""The addresses of pages by the host, with a place for the id of the video."""
PLAYERS = {
    "youtube": re.compile(r"(?:youtube(?:-nocookie)?\.com/(?:embed|v|shorts)/|youtu\.be/)([\w-]{6,20})"),
    "vimeo": re.compile(r"player\.vimeo\.com/video/(\d+)"),
    "dailymotion": re.compile(r"dailymotion\.com/embed/video/(\w+)"),
}
"""What the addresses of players have, by the host."""


def page_of_video(address: str) -> str:
    """Return the page of the video that a player plays; any other address as it is."""
    for host, pattern in PLAYERS.items():
        if match := pattern.search(address):
            return VIDEO_PAGES[host].format(match[1])
    return address
