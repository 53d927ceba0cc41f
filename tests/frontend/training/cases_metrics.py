"""Metrics: objects, with labels and the shape of predictions; they see three batches."""

from keras import metrics as m


def case(metric, labels="binary", shape=(4, 3), low=0.0, high=1.0, digits=2):
    return {
        "metric": metric,
        "labels": labels,
        "shape": shape,
        "low": low,
        "high": high,
        "digits": digits,
    }


# Coarse predictions are often equal to one another and to a threshold.
COARSE = {"digits": 1}

CASES = {
    "accuracy": case(lambda: m.Accuracy(), digits=0),
    "binary_accuracy": case(lambda: m.BinaryAccuracy(), **COARSE),
    "binary_accuracy_threshold": case(lambda: m.BinaryAccuracy(threshold=0.7), shape=(4, 1)),
    "categorical_accuracy": case(lambda: m.CategoricalAccuracy(), "one_hot", **COARSE),
    "sparse_categorical_accuracy": case(lambda: m.SparseCategoricalAccuracy(), "classes"),
    "sparse_categorical_sequence": case(
        lambda: m.SparseCategoricalAccuracy(), "classes", (4, 2, 3)
    ),
    "top_k": case(lambda: m.TopKCategoricalAccuracy(k=2), "one_hot", (4, 5), **COARSE),
    "sparse_top_k": case(
        lambda: m.SparseTopKCategoricalAccuracy(k=2), "classes", (4, 5), **COARSE
    ),
    "sparse_top_k_sequence": case(
        lambda: m.SparseTopKCategoricalAccuracy(k=2), "classes", (4, 2, 4)
    ),
    "precision": case(lambda: m.Precision(), **COARSE),
    "precision_threshold": case(lambda: m.Precision(thresholds=0.3), **COARSE),
    "precision_threshold_list": case(lambda: m.Precision(thresholds=[0.3])),
    "precision_thresholds": case(lambda: m.Precision(thresholds=[0.2, 0.5, 0.7])),
    "recall_thresholds": case(lambda: m.Recall(thresholds=[0.3, 0.6]), **COARSE),
    "true_negatives_thresholds": case(lambda: m.TrueNegatives(thresholds=[0.3, 0.6])),
    "f1_score_of_classes": case(lambda: m.F1Score(threshold=0.5)),
    "fbeta_score_of_classes": case(lambda: m.FBetaScore(beta=2.0), "one_hot"),
    "r2_score_of_outputs": case(lambda: m.R2Score(class_aggregation=None), "binary", (5, 3)),
    "precision_top_k": case(lambda: m.Precision(top_k=2), shape=(4, 5), **COARSE),
    "precision_class": case(lambda: m.Precision(class_id=1, name="of_one"), "one_hot"),
    "recall": case(lambda: m.Recall(), **COARSE),
    "recall_top_k_class": case(lambda: m.Recall(top_k=2, class_id=2), shape=(4, 5)),
    "recall_top_k_threshold": case(lambda: m.Recall(top_k=2, thresholds=0.6), shape=(4, 5)),
    "true_positives": case(lambda: m.TruePositives(), **COARSE),
    "false_positives": case(lambda: m.FalsePositives(thresholds=0.2), **COARSE),
    "true_negatives": case(lambda: m.TrueNegatives(), shape=(4, 1), **COARSE),
    "false_negatives": case(lambda: m.FalseNegatives(), shape=(4, 2, 2), **COARSE),
    "sensitivity_at_specificity": case(lambda: m.SensitivityAtSpecificity(0.5)),
    "specificity_at_sensitivity": case(
        lambda: m.SpecificityAtSensitivity(0.6, num_thresholds=5), **COARSE
    ),
    "precision_at_recall": case(lambda: m.PrecisionAtRecall(0.5, num_thresholds=1)),
    # No threshold has this precision: a sum in another order would decide.
    "recall_at_precision": case(lambda: m.RecallAtPrecision(0.61, class_id=1)),
    "auc": case(lambda: m.AUC()),
    "auc_coarse": case(lambda: m.AUC(num_thresholds=11), **COARSE),
    "auc_pr": case(lambda: m.AUC(curve="PR")),
    "auc_pr_coarse": case(lambda: m.AUC(num_thresholds=6, curve="PR"), **COARSE),
    "auc_pr_majoring": case(
        lambda: m.AUC(num_thresholds=11, curve="PR", summation_method="majoring")
    ),
    "auc_minoring": case(lambda: m.AUC(num_thresholds=11, summation_method="minoring")),
    "auc_gain": case(lambda: m.AUC(num_thresholds=11, curve="PRGAIN")),
    "auc_thresholds": case(lambda: m.AUC(thresholds=[0.7, 0.2, 0.4]), **COARSE),
    "auc_multi_label": case(lambda: m.AUC(num_thresholds=20, multi_label=True)),
    "auc_pr_multi_label": case(
        lambda: m.AUC(num_thresholds=20, curve="PR", multi_label=True, num_labels=3)
    ),
    "auc_logits": case(lambda: m.AUC(from_logits=True), low=-3.0, high=3.0),
    "f1_macro": case(lambda: m.F1Score(average="macro"), "one_hot"),
    "f1_micro": case(lambda: m.F1Score(average="micro", threshold=0.4)),
    "f1_weighted": case(lambda: m.F1Score(average="weighted"), "one_hot", **COARSE),
    "fbeta": case(lambda: m.FBetaScore(average="macro", beta=2.0, threshold=0.5)),
    "iou": case(lambda: m.IoU(3, [0, 2]), "class_numbers", (4, 2), 0, 2.9),
    "mean_iou": case(lambda: m.MeanIoU(3), "class_numbers", (4, 2), 0, 2.9),
    "mean_iou_dense": case(
        lambda: m.MeanIoU(4, sparse_y_pred=False, ignore_class=1), "classes", (4, 2, 4)
    ),
    "one_hot_iou": case(lambda: m.OneHotIoU(3, [0, 1]), "one_hot"),
    "one_hot_mean_iou": case(lambda: m.OneHotMeanIoU(3), "one_hot"),
    "binary_iou": case(lambda: m.BinaryIoU(threshold=0.3), **COARSE),
    "binary_iou_of_one": case(lambda: m.BinaryIoU([1]), shape=(4, 2, 2)),
    "root_mean_squared_error": case(lambda: m.RootMeanSquaredError(), "numbers"),
    "cosine_similarity": case(lambda: m.CosineSimilarity(), "numbers"),
    "log_cosh": case(lambda: m.LogCoshError(), "numbers"),
    "pearson": case(lambda: m.PearsonCorrelation(), "numbers"),
    "pearson_of_images": case(lambda: m.PearsonCorrelation(axis=(1, 2)), "numbers", shape=(4, 2, 3)),
    "concordance": case(lambda: m.ConcordanceCorrelation(), "numbers"),
    "r2": case(lambda: m.R2Score(), "numbers"),
    "r2_weighted": case(
        lambda: m.R2Score(class_aggregation="variance_weighted_average"), "numbers"
    ),
    "mean_squared_error": case(lambda: m.MeanSquaredError(), "numbers"),
    "mean_absolute_error": case(lambda: m.MeanAbsoluteError(), "numbers"),
    "mean_absolute_percentage_error": case(lambda: m.MeanAbsolutePercentageError(), "numbers"),
    "mean_squared_logarithmic_error": case(lambda: m.MeanSquaredLogarithmicError(), "positive"),
    "kl_divergence": case(lambda: m.KLDivergence(), "distribution"),
    "poisson": case(lambda: m.Poisson(), "positive"),
    "hinge": case(lambda: m.Hinge(), "signs"),
    "squared_hinge": case(lambda: m.SquaredHinge(), "signs"),
    "categorical_hinge": case(lambda: m.CategoricalHinge(), "one_hot"),
    "binary_crossentropy": case(lambda: m.BinaryCrossentropy(label_smoothing=0.1)),
    "categorical_crossentropy": case(
        lambda: m.CategoricalCrossentropy(from_logits=True, label_smoothing=0.0),
        "one_hot",
        low=-2.0,
        high=2.0,
    ),
    "sparse_categorical_crossentropy": case(
        lambda: m.SparseCategoricalCrossentropy(), "classes", low=0.1
    ),
}
