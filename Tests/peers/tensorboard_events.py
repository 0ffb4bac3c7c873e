"""Prints what TensorBoard reads in a folder of event files: tensorboard_events.py FOLDER."""

import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0, "histograms": 0})
events.Reload()
tags = events.Tags()
for tag in sorted(tags["scalars"]):
    for event in events.Scalars(tag):
        print("scalar", tag, event.step, event.value, event.wall_time)
for tag in sorted(tags["images"]):
    for event in events.Images(tag):
        print("image", tag, event.step, f"{event.width}x{event.height}", len(event.encoded_image_string))
for tag in sorted(tags["histograms"]):
    for event in events.Histograms(tag):
        value = event.histogram_value
        print(
            "histogram", tag, event.step, "min", value.min, "max", value.max, "num", value.num, "sum", value.sum,
            "squares", value.sum_squares, "buckets", len(value.bucket_limit), sum(value.bucket),
        )
