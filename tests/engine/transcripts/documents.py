"""Answers of recognisers, cut down from the examples in their documentation."""

from __future__ import annotations

from typing import Any


def _amazon_word(text: str, start: str, end: str, confidence: str = "1.0", **more: Any) -> dict[str, Any]:
    said = [{"confidence": confidence, "content": text}]
    return {"start_time": start, "end_time": end, "alternatives": said, "type": "pronunciation", **more}


def _amazon_mark(text: str, **more: Any) -> dict[str, Any]:
    return {"alternatives": [{"confidence": "0.0", "content": text}], "type": "punctuation", **more}


def _amazon(**results: Any) -> dict[str, Any]:
    transcripts = [{"transcript": "I've been on hold. Sorry about that."}]
    return {"jobName": "j", "accountId": "1", "status": "COMPLETED", "results": {"transcripts": transcripts, **results}}


_CUSTOMER = [("I've", "4.87", "5.02", "0.9"), ("been", "5.02", "5.17", "0.7"), ("on", "5.17", "5.29", "0.5")]
_HOLD = _amazon_word("hold", "5.29", "5.64", "0.5")

AMAZON_SPEAKERS = _amazon(
    speaker_labels={"channel_label": "ch_0", "speakers": 2, "segments": []},
    items=[
        *(_amazon_word(*one, speaker_label="spk_0") for one in _CUSTOMER),
        _HOLD | {"speaker_label": "spk_0"},
        _amazon_mark(".", speaker_label="spk_0"),
        _amazon_word("Sorry", "8.49", "8.88", speaker_label="spk_1"),
        _amazon_word("about", "8.88", "9.05", speaker_label="spk_1"),
        _amazon_word("that", "9.05", "9.24", speaker_label="spk_1"),
        _amazon_mark(".", speaker_label="spk_1"),
    ],
)
AMAZON_OLD_SPEAKERS = _amazon(
    speaker_labels={
        "speakers": 2,
        "segments": [
            {"speaker_label": "spk_0", "items": [{"start_time": "4.87", "speaker_label": "spk_0"}]},
            {"speaker_label": "spk_1", "items": [{"start_time": "8.49", "speaker_label": "spk_1"}]},
        ],
    },
    items=[_amazon_word("Hold", "4.87", "5.02"), _amazon_mark("."), _amazon_word("Sorry", "8.49", "8.88")],
)
AMAZON_CHANNELS = _amazon(
    channel_labels={
        "channels": [
            {"channel_label": "ch_0", "items": [_HOLD, _amazon_mark(".")]},
            {"channel_label": "ch_1", "items": [_amazon_word("Yes", "5.1", "5.2"), _amazon_word("Sir", "8.0", "8.1")]},
        ],
        "number_of_channels": 2,
    },
    items=[_HOLD, _amazon_mark(".")],
)
CONTACT_LENS = {
    "Version": "1.1.0",
    "Channel": "VOICE",
    "LanguageCode": "en-US",
    "Participants": [
        {"ParticipantId": "e9b36a6d", "ParticipantRole": "CUSTOMER"},
        {"ParticipantId": "2b2288b4", "ParticipantRole": "SYSTEM"},
        {"ParticipantId": "f36a545d", "ParticipantRole": "AGENT"},
    ],
    "Transcript": [
        {
            "BeginOffsetMillis": 4640,
            "Content": "Hello. Peter, how can I help you?",
            "EndOffsetMillis": 6610,
            "Id": "1",
            "ParticipantId": "f36a545d",
            "Sentiment": "NEUTRAL",
            "LoudnessScore": [70.23, 73.05],
            "Redaction": {"RedactedTimestamps": [{"BeginOffsetMillis": 5100, "EndOffsetMillis": 5450}]},
        },
        {
            "BeginOffsetMillis": 7370,
            "Content": "I want to cancel my plan subscription.",
            "EndOffsetMillis": 11190,
            "Id": "2",
            "ParticipantId": "e9b36a6d",
            "Sentiment": "NEGATIVE",
        },
    ],
}
CALL_ANALYTICS = {
    "JobStatus": "COMPLETED",
    "Transcript": [
        {
            "LoudnessScores": [79.27, 82.1],
            "Content": "I'm quite unhappy.",
            "Items": [
                {"Content": "I'm", "Confidence": "0.9", "Type": "pronunciation", "BeginOffsetMillis": 440},
                {"Content": "quite", "Confidence": "0.7", "Type": "pronunciation", "BeginOffsetMillis": 700},
            ],
            "Id": "a",
            "BeginOffsetMillis": 440,
            "EndOffsetMillis": 4960,
            "Sentiment": "NEGATIVE",
            "ParticipantRole": "CUSTOMER",
        }
    ],
}
GOOGLE_V1 = {
    "results": [
        {
            "alternatives": [
                {
                    "transcript": "hi I'd like to buy a Chromecast",
                    "confidence": 0.9,
                    "words": [{"startTime": "1s", "endTime": "1.400s", "word": "hi"}],
                },
                {"transcript": "high", "confidence": 0.1},
            ],
            "resultEndTime": "5.4s",
            "languageCode": "en-us",
        },
        {
            "alternatives": [
                {
                    "transcript": "certainly",
                    "confidence": 0.8,
                    "words": [
                        {"startTime": "1s", "endTime": "1.400s", "word": "hi", "speakerTag": 2, "confidence": 0.6},
                        {"startTime": "6.300s", "endTime": "7s", "word": "certainly", "speakerTag": 1},
                    ],
                }
            ]
        },
    ],
    "totalBilledTime": "15s",
}
GOOGLE_V1_PLAIN = {
    "name": "123",
    "done": True,
    "response": {
        "results": [
            {"alternatives": [{"transcript": "one two", "confidence": 0.9}], "resultEndTime": "2.5s"},
            {"alternatives": [{"transcript": " three", "confidence": 0.0}], "resultEndTime": "4s"},
        ]
    },
}
GOOGLE_V2 = {
    "results": [
        {
            "alternatives": [
                {
                    "transcript": "my parcel",
                    "confidence": 0.95,
                    "words": [
                        {"endOffset": "0.400s", "word": "my", "speakerLabel": "1"},
                        {"startOffset": "0.400s", "endOffset": "0.9s", "word": "parcel", "speakerLabel": "1"},
                    ],
                }
            ],
            "channelTag": 1,
            "resultEndOffset": "1s",
        },
        {
            "alternatives": [
                {
                    "transcript": "which one",
                    "words": [{"startOffset": "0.5s", "endOffset": "2s", "word": "which"}],
                }
            ],
            "channelTag": 2,
        },
    ],
    "metadata": {"totalBilledDuration": "3s"},
}
GOOGLE_V2_FILES = {"response": {"results": {"gs://bucket/a.wav": {"transcript": GOOGLE_V2}}}}
AZURE_BATCH = {
    "source": "https://example/a.wav",
    "timestamp": "2023-07-10T14:28:16Z",
    "durationInTicks": 25800000,
    "duration": "PT2.58S",
    "combinedRecognizedPhrases": [{"channel": 0, "lexical": "hello world", "display": "Hello world."}],
    "recognizedPhrases": [
        {
            "recognitionStatus": "Success",
            "channel": 0,
            "offset": "PT0.76S",
            "duration": "PT1.32S",
            "offsetInTicks": 7600000,
            "durationInTicks": 13200000,
            "nBest": [
                {
                    "confidence": 0.5643338,
                    "lexical": "hello world",
                    "itn": "hello world",
                    "maskedITN": "hello world",
                    "display": "Hello world.",
                },
                {"confidence": 0.1769063, "lexical": "helloworld", "display": "Helloworld."},
            ],
        },
        {"recognitionStatus": "Failure", "channel": 1, "nBest": []},
        {
            "recognitionStatus": "Success",
            "channel": 1,
            "offset": "PT1M2.5S",
            "duration": "PT0.5S",
            "nBest": [{"confidence": 0.9, "lexical": "yes", "display": "Yes."}],
        },
    ],
}
AZURE_FAST = {
    "durationMilliseconds": 182439,
    "combinedPhrases": [{"text": "Good afternoon. Hi there."}],
    "phrases": [
        {
            "speaker": 0,
            "offsetMilliseconds": 960,
            "durationMilliseconds": 640,
            "text": "Good afternoon. How can I help?",
            "words": [{"text": "Good", "offsetMilliseconds": 960, "durationMilliseconds": 240}],
            "locale": "en-US",
            "confidence": 0.93616915,
        },
        {"speaker": 1, "offsetMilliseconds": 5000, "durationMilliseconds": 900, "text": "Hi there.", "confidence": 0.9},
    ],
}
DEEPGRAM_UTTERANCES = {
    "metadata": {"transaction_key": "deprecated", "duration": 25.9, "channels": 1},
    "results": {
        "channels": [{"alternatives": [{"transcript": "hi there", "confidence": 0.99, "words": []}]}],
        "utterances": [
            {
                "start": 0.41915998,
                "end": 5.43012,
                "confidence": 0.88172823,
                "channel": 0,
                "transcript": "Thank you for calling.",
                "words": [],
                "speaker": 0,
                "id": "a",
            },
            {
                "start": 6.0,
                "end": 8.0,
                "confidence": 0.9,
                "channel": 0,
                "transcript": "I'm good.",
                "words": [
                    {
                        "word": "i'm",
                        "start": 6.0,
                        "end": 6.5,
                        "confidence": 0.8,
                        "speaker": 1,
                        "punctuated_word": "I'm",
                    },
                    {"word": "good", "start": 6.5, "end": 8.0, "confidence": 0.6, "punctuated_word": "good."},
                ],
                "speaker": 1,
                "id": "b",
            },
        ],
    },
}
DEEPGRAM_CHANNELS = {
    "metadata": {"channels": 2},
    "results": {
        "channels": [
            {
                "alternatives": [
                    {
                        "transcript": "cancel it",
                        "confidence": 0.9,
                        "words": [
                            {"word": "cancel", "start": 0.1, "end": 0.5, "confidence": 0.9},
                            {"word": "it", "start": 2.0, "end": 2.5, "confidence": 0.9},
                        ],
                    }
                ]
            },
            {"alternatives": [{"transcript": "", "confidence": 0, "words": []}]},
        ]
    },
}
ASSEMBLYAI = {
    "id": "9ea68fd3",
    "status": "completed",
    "text": "Smoke from hundreds.",
    "audio_duration": 281,
    "confidence": 0.9404,
    "words": [{"text": "Smoke", "start": 250, "end": 650, "confidence": 0.97465, "speaker": "A"}],
    "utterances": [
        {
            "confidence": 0.95,
            "start": 250,
            "end": 1400,
            "text": "Smoke from hundreds.",
            "words": [
                {"text": "Smoke", "start": 250, "end": 650, "confidence": 0.5, "speaker": "A"},
                {"text": "from", "start": 700, "end": 800, "confidence": 1.0, "speaker": "A"},
                {"text": "hundreds.", "start": 850, "end": 1400, "confidence": 1.0, "speaker": "A"},
            ],
            "speaker": "A",
        },
        {"confidence": 0.9, "start": 1500, "end": 1800, "text": "Yes.", "speaker": "B"},
    ],
}
ASSEMBLYAI_WORDS = {
    "status": "completed",
    "text": "Smoke",
    "utterances": None,
    "words": [{"text": "Smoke", "start": 250, "end": 650, "confidence": 0.97465, "speaker": None}],
}
_SEGMENT = {"id": 0, "seek": 0, "start": 0.0, "end": 3.3, "text": " The parcel is late.", "tokens": [50364, 440]}
WHISPER = {
    "text": " The parcel is late. Thanks for watching!",
    "segments": [
        _SEGMENT | {"temperature": 0.0, "avg_logprob": -0.2860, "compression_ratio": 1.2, "no_speech_prob": 0.009},
        _SEGMENT | {"start": 3.3, "end": 9.0, "text": " Thanks!", "avg_logprob": -1.4, "no_speech_prob": 0.9},
    ],
    "language": "en",
}
WHISPER_WORDS = {
    "task": "transcribe",
    "language": "english",
    "duration": 8.47,
    "text": "The beach was",
    "words": [{"word": "The", "start": 0.0, "end": 0.2}, {"word": "beach", "start": 0.2, "end": 0.6}],
}
WHISPER_X = {
    "segments": [
        {
            "start": 0.5,
            "end": 1.5,
            "text": " Late again.",
            "words": [
                {"word": "Late", "start": 0.5, "end": 0.9, "score": 0.4, "speaker": "SPEAKER_01"},
                {"word": "again.", "start": 1.0, "end": 1.5, "score": 0.8, "speaker": "SPEAKER_01"},
            ],
            "speaker": "SPEAKER_01",
        },
        {
            "start": 2.0,
            "end": 3.0,
            "text": "It is 5",
            "words": [{"word": "It", "start": 2.0, "end": 2.2, "score": 0.9}, {"word": "5"}],
        },
    ]
}
WHISPER_CPP = {
    "systeminfo": "AVX = 1",
    "model": {"type": "base"},
    "params": {"language": "en"},
    "result": {"language": "en"},
    "transcription": [
        {
            "timestamps": {"from": "00:00:00,990", "to": "00:00:07,800"},
            "offsets": {"from": 990, "to": 7800},
            "text": " And so my fellow Americans",
            "tokens": [
                {"text": "[_BEG_]", "id": 50364, "p": 0.1},
                {"text": " And", "offsets": {"from": 990, "to": 1200}, "id": 400, "p": 0.6},
                {"text": " so", "id": 370, "p": 1.0},
            ],
        }
    ],
}
