"""A model of each family of keras.applications, for scripts that go through them."""

FAMILIES = (
    "MobileNet MobileNetV2 MobileNetV3Small MobileNetV3Large EfficientNetB0 EfficientNetV2B0 "
    "ConvNeXtTiny ResNet50 ResNet50V2 DenseNet121 NASNetMobile InceptionV3 InceptionResNetV2 "
    "Xception VGG16"
).split()
